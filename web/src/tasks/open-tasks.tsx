import { useQuery } from "@tanstack/react-query";
import { keys, type KithRecord, listRecords, type ListRequest } from "@/api";
import { TaskRow } from "./task-row";
import { TASK_FIELDS } from "./toggle";

/** The open tasks about a record, the most urgent first. Undefined while they load. */
export function useOpenTasks(id: string): KithRecord[] | undefined {
  const request: ListRequest = { filter: `about == "${id}" && !done`, fields: TASK_FIELDS, sort: "due_at", limit: 50, count: "none" };
  return useQuery({ queryKey: keys.list("tasks", request), queryFn: ({ signal }) => listRecords("tasks", request, signal) }).data?.data;
}

/** The open tasks about a record. Nothing where there are none. */
export function OpenTasks({ tasks }: { tasks: readonly KithRecord[] }) {
  return (
    <ul className="-mx-2 flex flex-col">
      {tasks.map((task) => <li key={task.id}><TaskRow task={task} hideAbout /></li>)}
    </ul>
  );
}

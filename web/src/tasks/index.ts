export { bucketOf } from "./group";
export { grouped } from "./grouped";
export { OpenTasks, useOpenTasks } from "./open-tasks";
export { TaskAdd, type TaskAddProps } from "./task-add";
export { TaskRow, type TaskRowProps } from "./task-row";
export { TasksPage } from "./tasks-page";
export { TASK_FIELDS, toggleTask } from "./toggle";

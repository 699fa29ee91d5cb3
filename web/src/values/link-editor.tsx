import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { call, keys, listRecords, searchRecords, useUsers, type User } from "@/api";
import { type ObjectType, useCatalog, usePipelines } from "@/catalog";
import { Avatar, Combobox, type ComboboxItem, MultiCombobox } from "@/ui";
import { createItem, createNamed, isCreateItem } from "./create-in-place";
import type { EditorProps } from "./editor";
import { RecordAvatar } from "./record-link";
import { isLinked, type Linked, linkedList } from "./shapes";
import { t } from "./texts";
import { useDebounced } from "./use-debounced";

export interface Choice extends Linked {
  detail?: string | null | undefined;
}

/** Records to link to: those that match what is typed, the newest while nothing is. */
export function useRecordChoices(objects: readonly ObjectType[], typed: string): { choices: Choice[]; loading: boolean } {
  const text = useDebounced(typed.trim(), 120);
  const names = objects.map((object) => object.name);
  const only = objects.length === 1 ? objects[0] : undefined;
  const unsearchable = only !== undefined && ["pipeline", "stage", "line_item"].includes(only.key);
  const { data, isFetching } = useQuery<Choice[]>({
    queryKey: keys.search(text, names),
    staleTime: 10_000,
    placeholderData: (previous) => previous,
    enabled: objects.length > 0 && (text !== "" || only !== undefined),
    queryFn: async ({ signal }) => {
      if (only !== undefined && (text === "" || unsearchable)) {
        const filter = text === "" ? null : `name.icontains(${JSON.stringify(text)})`;
        const { data } = await listRecords(only.plural, { fields: "name", limit: 20, count: "none", filter, sort: unsearchable ? "position" : "-created_at" }, signal);
        return data.map((record) => ({ id: record.id, name: typeof record.name === "string" ? record.name : null, object: only.name }));
      }
      return searchRecords(text, { objects: names, limit: 20 }, signal);
    },
  });
  return { choices: data ?? [], loading: isFetching };
}

function useTargets(field: EditorProps["field"]): readonly ObjectType[] {
  const catalog = useCatalog();
  return useMemo(() => {
    const target = catalog.target(field);
    if (target !== undefined) return [target];
    return catalog.listed.filter((object) => object.key !== "task" && object.key !== "note");
  }, [catalog, field]);
}

function item(choice: Choice, catalog: ReturnType<typeof useCatalog>, single: string | undefined): ComboboxItem & { choice: Choice } {
  const object = catalog.object(choice.object ?? single ?? "");
  const label = choice.name || t("untitled");
  return {
    value: choice.id,
    label,
    detail: choice.detail ?? (single === undefined ? object?.label : undefined),
    icon: <RecordAvatar object={object} name={label} />,
    choice,
  };
}

function choiceOf(picked: ComboboxItem | null): Choice | null {
  return picked !== null && "choice" in picked && isLinked(picked.choice) ? picked.choice : null;
}

/** One record of an object, or of any object. Stages come with those of their pipeline alone. */
export function LinkEditor(props: EditorProps) {
  if (props.field.object === "stage") return <StageEditor {...props} />;
  return <RecordEditor {...props} />;
}

function RecordEditor({ field, value, onChange, onDone, id, label, invalid, autoFocus, initialText }: EditorProps) {
  const catalog = useCatalog();
  const targets = useTargets(field);
  const [text, setText] = useState(initialText ?? "");
  const { choices, loading } = useRecordChoices(targets, text);
  const current = isLinked(value) ? item(value, catalog, field.object) : null;
  const create = createItem(targets, text, choices);
  const take = (choice: Choice | null) => {
    const next = choice === null ? null : field.type === "any_relation" ? { object: choice.object, id: choice.id, name: choice.name } : { id: choice.id, name: choice.name };
    onChange(next);
    onDone?.(next);
  };
  return (
    <Combobox
      id={id}
      label={label}
      invalid={invalid}
      autoOpen={autoFocus}
      items={[...choices.map((choice) => item(choice, catalog, field.object)), ...create]}
      value={current}
      onSearch={setText}
      loading={loading}
      clearable={!field.required}
      placeholder={t("search")}
      onChange={(picked) => {
        if (picked !== null && isCreateItem(picked)) void createNamed(picked).then((made) => made !== null && take(made));
        else take(choiceOf(picked));
      }}
    />
  );
}

function StageEditor({ field, value, onChange, onDone, id, label, invalid, autoFocus }: EditorProps) {
  const pipelines = usePipelines() ?? [];
  const chosen = isLinked(value) ? value.id : null;
  const items = pipelines.flatMap((pipeline) =>
    pipeline.stages.map((stage): ComboboxItem => ({ value: stage.id, label: stage.name, detail: pipelines.length > 1 ? pipeline.name : undefined })),
  );
  return (
    <Combobox
      id={id}
      label={label}
      invalid={invalid}
      autoOpen={autoFocus}
      items={items}
      value={items.find((one) => one.value === chosen) ?? null}
      clearable={!field.required}
      placeholder={t("choose")}
      onChange={(picked) => {
        const next = picked === null ? null : { id: picked.value, name: picked.label };
        onChange(next);
        onDone?.(next);
      }}
    />
  );
}

export function LinksEditor({ field, value, onChange, id, label, invalid, autoFocus, initialText }: EditorProps) {
  const catalog = useCatalog();
  const targets = useTargets(field);
  const [text, setText] = useState(initialText ?? "");
  const { choices, loading } = useRecordChoices(targets, text);
  const chosen = linkedList(value);
  const create = createItem(targets, text, choices);
  return (
    <MultiCombobox
      id={id}
      label={label}
      invalid={invalid}
      autoOpen={autoFocus}
      items={[...choices.map((choice) => item(choice, catalog, field.object)), ...create]}
      value={chosen.map((one) => item(one, catalog, field.object))}
      onSearch={setText}
      loading={loading}
      placeholder={t("search")}
      onChange={(picked) => {
        const added = picked.find(isCreateItem);
        if (added !== undefined) {
          void createNamed(added).then((made) => made !== null && onChange([...chosen, { id: made.id, name: made.name }]));
          return;
        }
        onChange(
          picked.flatMap((one) => {
            const choice = choiceOf(one);
            const known = chosen.find((other) => other.id === one.value);
            return choice === null ? [] : [known ?? { id: choice.id, name: choice.name }];
          }),
        );
      }}
    />
  );
}

export function UserEditor({ field, value, onChange, onDone, id, label, invalid, autoFocus }: EditorProps) {
  const all = useUsers();
  const [text, setText] = useState("");
  const typed = useDebounced(text.trim(), 120);
  // In small workspaces everybody is known; in large ones the server looks.
  const { data } = useQuery({
    queryKey: [...keys.users, typed],
    enabled: all.length >= 200 && typed !== "",
    queryFn: ({ signal }) => call<{ data: User[] }>("GET", "/users", { query: { search: typed, limit: 50 }, signal }),
  });
  const found = data?.data ?? all.filter((user) => `${user.name} ${user.email ?? ""}`.toLowerCase().includes(text.trim().toLowerCase()));
  const items = found.map((user): ComboboxItem => ({ value: user.id, label: user.name, detail: user.email ?? undefined, icon: <Avatar name={user.name} /> }));
  const current = isLinked(value) ? { value: value.id, label: value.name ?? all.find((user) => user.id === value.id)?.name ?? "" } : null;
  return (
    <Combobox
      id={id}
      label={label}
      invalid={invalid}
      autoOpen={autoFocus}
      items={items}
      onSearch={setText}
      value={current}
      clearable={!field.required}
      placeholder={t("search")}
      onChange={(picked) => {
        const next = picked === null ? null : { id: picked.value, name: picked.label };
        onChange(next);
        onDone?.(next);
      }}
    />
  );
}

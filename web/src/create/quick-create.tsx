import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { type ApiProblem, asProblem, createRecord, type KithRecord, refreshObject, useSession } from "@/api";
import { type Field as FieldType, ObjectIcon, type ObjectType, recordName, useCatalog } from "@/catalog";
import type { QuickCreateRequest } from "@/shell";
import { announce, Banner, Button, Checkbox, confirm, Dialog, Field, Kbd, Select, toast } from "@/ui";
import { Editor, inputOf, isEmpty, RecordLink } from "@/values";
import { formFields, startValues } from "./form-fields";
import { useLikelySame } from "./likely-same";
import { t } from "./texts";

export interface QuickCreateProps extends QuickCreateRequest {
  onClose: () => void;
}

/** The form for a new record of any object. */
export function QuickCreate({ object, values, onCreated, onClose }: QuickCreateProps) {
  const catalog = useCatalog();
  const [name, setName] = useState(object);
  const type = catalog.object(name);
  const [round, setRound] = useState(0);
  const [another, setAnother] = useState(false);
  if (type === undefined) {
    return (
      <Dialog open onClose={onClose} title={t("unknown")}>
        <Button onClick={onClose}>{t("cancel")}</Button>
      </Dialog>
    );
  }
  return (
    <Form
      key={`${type.name} ${round}`}
      type={type}
      given={values ?? {}}
      // A form that begins with values was opened for its object.
      onSwitch={values === undefined ? setName : undefined}
      another={another}
      onAnother={setAnother}
      onCreated={onCreated}
      onNext={() => setRound(round + 1)}
      onClose={onClose}
    />
  );
}

interface FormProps {
  type: ObjectType;
  given: Record<string, unknown>;
  onSwitch: ((name: string) => void) | undefined;
  another: boolean;
  onAnother: (another: boolean) => void;
  onCreated: ((record: KithRecord) => void) | undefined;
  /** Empties the form for the next record. */
  onNext: () => void;
  onClose: () => void;
}

function Form({ type, given, onSwitch, another, onAnother, onCreated, onNext, onClose }: FormProps) {
  const { user } = useSession();
  const catalog = useCatalog();
  const navigate = useNavigate();
  const { first, rest } = formFields(type, given);
  const [all, setAll] = useState(false);
  const [start] = useState(() => startValues([...first, ...rest], given, user));
  const [values, setValues] = useState<Record<string, unknown>>(start);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const body = useRef<HTMLFormElement>(null);
  const same = useLikelySame(type, values);
  const noun = { object: type.label.toLowerCase() };
  const shown = all ? [...first, ...rest] : first;
  const change = (field: FieldType, value: unknown) => setValues((now) => ({ ...now, [field.name]: value }));

  const close = async () => {
    const isDirty = Object.keys({ ...start, ...values }).some((name) => JSON.stringify(start[name] ?? null) !== JSON.stringify(values[name] ?? null) && !(isEmpty(start[name]) && isEmpty(values[name])));
    if (isDirty && !(await confirm({ title: t("discard"), text: t("discard_text", noun), action: t("discard_action"), danger: true }))) return;
    onClose();
  };

  const submit = async () => {
    if (busy) return;
    setBusy(true);
    try {
      const filled = [...first, ...rest].filter((field) => !isEmpty(values[field.name]));
      const record = await createRecord(type.plural, Object.fromEntries(filled.map((field) => [field.name, inputOf(field, values[field.name])])));
      void refreshObject(type.plural);
      const name = recordName(record, t("untitled"));
      const open = () => void navigate({ to: "/objects/$object/$id", params: { object: type.plural, id: record.id } });
      onCreated?.(record);
      if (another || onCreated !== undefined) toast({ title: t("created", { name }), kind: "success", action: { label: t("open"), run: open } });
      else announce(t("created", { name }));
      if (another) return onNext();
      onClose();
      if (onCreated === undefined) open();
    } catch (error) {
      const refusal = asProblem(error);
      setProblem(refusal);
      setBusy(false);
      // Fields that are at fault have to be in sight.
      if (rest.some((field) => refusal.field(field.name) !== undefined)) setAll(true);
      requestAnimationFrame(() => body.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
    }
  };

  const known = new Set(shown.map(({ name }) => name));
  const elsewhere = problem !== null && !problem.errors.some(({ field }) => known.has(field.split(/[.[]/)[0] ?? ""));
  return (
    <Dialog
      open
      onClose={() => void close()}
      title={t("title", noun)}
      size="md"
      footer={
        <>
          <label htmlFor="create-another" className="mr-auto flex items-center gap-2 text-muted">
            <Checkbox id="create-another" checked={another} onChange={onAnother} label={t("another")} />
            {t("another")}
          </label>
          <Kbd keys="mod+enter" className="max-sm:hidden" />
          <Button variant="primary" type="submit" form="quick-create" busy={busy}>{t("create", noun)}</Button>
        </>
      }
    >
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the shortcut for its button, from any of its controls */}
      <form
        ref={body}
        id="quick-create"
        noValidate
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
            event.preventDefault();
            void submit();
          }
        }}
      >
        {onSwitch === undefined ? null : (
          <Select
            label={t("kind")}
            value={type.name}
            onChange={onSwitch}
            className="w-auto! self-start"
            choices={catalog.listed.map((object) => ({ value: object.name, label: object.label, icon: <ObjectIcon object={object} size={14} /> }))}
          />
        )}
        {elsewhere ? <Banner kind="error">{problem.errors[0]?.message ?? problem.detail}</Banner> : null}
        {shown.map((field, place) => (
          <Field key={field.id} label={field.label} required={field.required} hint={field.description || undefined} error={problem?.field(field.name)}>
            {(control) => (
              <Editor
                field={field}
                id={control.id}
                label={field.label}
                invalid={control["aria-invalid"]}
                value={values[field.name] ?? null}
                onChange={(value) => change(field, value)}
                // Lists would open at once; what is typed into may have the focus.
                autoFocus={place === 0 && TYPED.has(field.type)}
              />
            )}
          </Field>
        ))}
        {same.length === 0 ? null : (
          <div role="status" className="rounded-lg bg-warning-soft px-3 py-2">
            <p className="text-xs font-medium text-warning-text">{t("likely")}</p>
            <ul className="mt-1 flex flex-col">
              {same.map((match) => (
                // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- the link in it has the keys; following it closes the form
                <li key={match.id} className="flex min-h-7 min-w-0 items-center gap-2" onClick={(event) => event.target instanceof Element && event.target.closest("a") && onClose()}>
                  <RecordLink object={type.name} id={match.id} name={match.name} className="leading-6" />
                  {match.detail ? <span className="min-w-0 truncate text-xs text-muted">{match.detail}</span> : null}
                  {match.reasons[0] === undefined ? null : <span className="ml-auto shrink-0 text-xs text-warning-text">{t(match.reasons[0].code)}</span>}
                </li>
              ))}
            </ul>
          </div>
        )}
        {rest.length === 0 ? null : (
          <button type="button" aria-expanded={all} onClick={() => setAll(!all)} className="h-6 self-start rounded-sm text-xs font-medium text-accent-text hover:underline">
            {all ? t("fewer") : t("more")}
          </button>
        )}
      </form>
    </Dialog>
  );
}

const TYPED = new Set(["text", "long_text", "number", "decimal", "currency", "emails", "phones", "links"]);

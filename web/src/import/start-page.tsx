import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Upload } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { asProblem, useSession } from "@/api";
import { ObjectIcon, useCatalog } from "@/catalog";
import { formatPercent } from "@/format";
import { TopBar } from "@/shell";
import { Banner, Button, Combobox, EmptyState, Field, Progress } from "@/ui";
import { DropZone } from "./drop-zone";
import { guessObject, headerOf } from "./guess";
import { ImportList } from "./import-list";
import { keepFile, keptFile } from "./pending-file";
import { sendFile } from "./queries";
import { Steps } from "./steps";
import { t } from "./texts";

/** Where an import begins: the file, and what its rows are. */
export function StartPage() {
  const { user } = useSession();
  if (user.role === "read_only") {
    return (
      <>
        <TopBar title={t("import")} icon={<Upload size={16} />} />
        <EmptyState className="flex-1" icon={<Upload size={20} />} title={t("no_right")} text={t("no_right_text")} />
      </>
    );
  }
  return (
    <>
      <TopBar title={t("import")} icon={<Upload size={16} />} actions={<Steps at={0} />} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex w-full max-w-2xl flex-col gap-10 px-6 py-10 max-md:px-4 max-md:py-6">
          <NewImport />
          <section aria-labelledby="recent">
            <div className="flex items-baseline justify-between gap-4">
              <h2 id="recent" className="font-semibold">{t("recent")}</h2>
              <Link to="/settings/$section" params={{ section: "imports" }} className="text-muted hover:text-text hover:underline">{t("all_imports")}</Link>
            </div>
            <ImportList most={5} />
          </section>
        </div>
      </div>
    </>
  );
}

function NewImport() {
  const catalog = useCatalog();
  const navigate = useNavigate();
  const { user } = useSession();
  const { object: asked } = useSearch({ strict: false });
  const [file, setFile] = useState(keptFile);
  const [chosen, setChosen] = useState<string | null>(asked === undefined || asked === "" ? null : asked);
  const [guessed, setGuessed] = useState(false);
  const [share, setShare] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const sending = useRef<AbortController | null>(null);
  useEffect(() => () => sending.current?.abort(), []);
  // Set-up objects are for administrators.
  const objects = catalog.objects.filter((object) => !object.retired && (user.role === "administrator" || !["pipeline", "stage"].includes(object.key)));
  const take = async (next: File) => {
    keepFile(next);
    setFile(next);
    setProblem(next.size === 0 ? t("empty_file") : null);
    if (asked !== undefined && asked !== "") return;
    const header = await headerOf(next).catch(() => []);
    const found = guessObject(objects, next.name, header);
    setGuessed(found !== null);
    setChosen(found?.plural ?? null);
  };
  const send = async () => {
    if (file === null || object === undefined) return;
    const controller = new AbortController();
    sending.current = controller;
    setShare(0);
    setProblem(null);
    try {
      const made = await sendFile(object.plural, file, { signal: controller.signal, onProgress: setShare });
      await navigate({ to: "/import/$id", params: { id: made.id } });
    } catch (error) {
      if (!controller.signal.aborted) setProblem(asProblem(error).detail);
      setShare(null);
    }
  };
  const object = chosen === null ? undefined : catalog.object(chosen);
  const items = objects.map((one) => ({ value: one.plural, label: one.label_plural, icon: <ObjectIcon object={one} size={14} className="shrink-0 text-muted" /> }));
  return (
    <section aria-labelledby="new-import">
      <h2 id="new-import" className="text-lg font-semibold">{t("start_title")}</h2>
      <p className="mt-1 text-muted">{t("start_text")}</p>
      <div className="mt-5">
        <DropZone file={file} disabled={share !== null} onFile={(next) => void take(next)} onRefused={setProblem} />
      </div>
      {problem === null ? null : <Banner kind="error" className="mt-4">{problem}</Banner>}
      {file === null || file.size === 0 ? null : share === null ? (
        <form
          className="mt-5 flex items-end gap-3 max-md:flex-col max-md:items-stretch"
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <Field label={t("becomes")} hint={guessed ? t("guessed") : t("becomes_hint")} className="flex-1">
            {({ id }) => (
              <Combobox
                id={id}
                items={items}
                value={items.find((item) => item.value === object?.plural) ?? null}
                placeholder={t("choose_object")}
                onChange={(item) => {
                  setChosen(item?.value ?? null);
                  setGuessed(false);
                }}
              />
            )}
          </Field>
          <Button type="submit" variant="primary" disabled={object === undefined} className="mb-5 h-8 max-md:mb-0 max-md:h-9">{t("upload")}</Button>
        </form>
      ) : (
        <div className="mt-5" aria-live="polite">
          <div className="flex items-baseline justify-between gap-4">
            <span className="min-w-0 truncate">{share < 1 ? t("uploading", { name: file.name }) : t("looking")}</span>
            <span className="text-xs text-muted">{share < 1 ? formatPercent(share) : null}</span>
          </div>
          <div className="mt-2 flex items-center gap-3">
            <Progress value={share < 1 ? share : null} label={t("uploading", { name: file.name })} />
            <Button size="sm" onClick={() => sending.current?.abort()}>{t("cancel")}</Button>
          </div>
        </div>
      )}
    </section>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Ellipsis, GitBranch, Plus } from "lucide-react";
import { useState } from "react";
import { type Pipeline, pipelinesQuery } from "@/catalog";
import { Badge, Button, Dialog, EmptyState, Field, IconButton, Input, Menu, MenuItem, MenuSeparator } from "@/ui";
import { Pending, SettingsBody, useAdministrator } from "../parts";
import { t } from "../texts";
import { addStage, changePipeline, createPipeline, remove } from "./changes";
import { StageList } from "./stage-list";

export function PipelineSettings() {
  const { isAdministrator, reason } = useAdministrator();
  const { data, error, refetch } = useQuery(pipelinesQuery);
  const [naming, setNaming] = useState<Pipeline | "new" | null>(null);
  return (
    <SettingsBody
      wide
      title={t("pipelines")}
      text={t("pipelines_text")}
      reason={reason}
      actions={isAdministrator ? <Button variant="primary" icon={<Plus size={14} />} onClick={() => setNaming("new")}>{t("create_pipeline")}</Button> : undefined}
    >
      {data === undefined ? (
        <Pending error={error} onRetry={() => void refetch()} />
      ) : data.length === 0 ? (
        <EmptyState icon={<GitBranch size={20} />} title={t("no_pipelines")} text={t("pipelines_text")} />
      ) : (
        data.map((pipeline) => (
          <section key={pipeline.id} aria-labelledby={`pipeline-${pipeline.id}`}>
            <div className="flex min-h-8 items-center gap-2">
              <h3 id={`pipeline-${pipeline.id}`} className="min-w-0 truncate text-base font-semibold" dir="auto">{pipeline.name}</h3>
              {pipeline.isDefault ? <Badge color="indigo">{t("default_pipeline")}</Badge> : null}
              {isAdministrator ? (
                <span className="ml-auto">
                  <Menu align="end" trigger={<IconButton label={t("pipeline_menu", { name: pipeline.name })} icon={<Ellipsis size={15} />} />}>
                    <MenuItem onSelect={() => setNaming(pipeline)}>{t("rename_pipeline")}</MenuItem>
                    <MenuItem disabled={pipeline.isDefault} onSelect={() => void changePipeline(pipeline, { is_default: true })}>{t("make_default")}</MenuItem>
                    <MenuSeparator />
                    <MenuItem danger disabled={pipeline.isDefault} onSelect={() => void remove("pipelines", pipeline)}>{t("delete_pipeline")}</MenuItem>
                  </Menu>
                </span>
              ) : null}
            </div>
            {pipeline.stages.length === 0 ? <p className="py-3 text-muted">{t("no_stages")}</p> : <StageList pipeline={pipeline} editable={isAdministrator} />}
            {isAdministrator ? (
              <button type="button" onClick={() => void addStage(pipeline)} className="mt-1 flex h-7 items-center gap-1.5 rounded-md px-2 font-medium text-muted hover:bg-hover hover:text-text">
                <Plus size={14} aria-hidden="true" />
                {t("add_stage")}
              </button>
            ) : null}
          </section>
        ))
      )}
      {naming === null ? null : (
        <NameDialog
          name={naming === "new" ? "" : naming.name}
          title={naming === "new" ? t("create_pipeline") : t("rename_pipeline")}
          onClose={() => setNaming(null)}
          onName={(name) => (naming === "new" ? createPipeline(name, (data?.length ?? 0) + 1) : changePipeline(naming, { name }))}
        />
      )}
    </SettingsBody>
  );
}

function NameDialog({ name, title, onClose, onName }: { name: string; title: string; onClose: () => void; onName: (name: string) => Promise<boolean> }) {
  const [text, setText] = useState(name);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    if (await onName(text.trim())) onClose();
    else setBusy(false);
  };
  return (
    <Dialog open onClose={onClose} title={title} size="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label={t("pipeline_name")}>{(control) => <Input {...control} required autoFocus maxLength={200} value={text} onChange={(event) => setText(event.target.value)} />}</Field>
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={text.trim() === "" || text.trim() === name}>{t("save")}</Button>
        </div>
      </form>
    </Dialog>
  );
}

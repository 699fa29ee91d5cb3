import { useParams } from "@tanstack/react-router";
import { OneImport } from "./one-import";
import { StartPage } from "./start-page";

/** The import wizard: a new file, or where an import stands. */
export function ImportPage() {
  const { id } = useParams({ strict: false });
  return id === undefined ? <StartPage /> : <OneImport key={id} id={id} />;
}

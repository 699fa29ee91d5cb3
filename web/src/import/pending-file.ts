/** The file that was chosen, kept while one goes back and forth in the wizard. */
let chosen: File | null = null;

export function keepFile(file: File | null): void {
  chosen = file;
}

export function keptFile(): File | null {
  return chosen;
}

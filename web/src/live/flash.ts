const MILLISECONDS = 1_400;

/**
 * Points out for a moment what of a record was changed by others: fields where they are shown, or
 * all of what stands for the record. Not for people who want less motion.
 */
export function flash(id: string, fields: ReadonlySet<string>): void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  // The changed values are painted first.
  setTimeout(() => requestAnimationFrame(() => show(id, fields)), 30);
}

function show(id: string, fields: ReadonlySet<string>): void {
  for (const element of document.querySelectorAll<HTMLElement>(`[data-record="${CSS.escape(id)}"]`)) {
    const parts = [...fields].flatMap((field) => [...element.querySelectorAll<HTMLElement>(`[data-field="${CSS.escape(field)}"]`)]);
    const targets = element.dataset.flash === "whole" ? [element] : parts;
    for (const target of targets) {
      target.animate([{ backgroundColor: "var(--flash)", offset: 0 }, { backgroundColor: "var(--flash)", offset: 0.4 }], { duration: MILLISECONDS, easing: "ease-out", id: "flash" });
    }
  }
}

/** The classes of what lies between a dialog and the page. */
export const BACKDROP = "fixed inset-0 z-40 bg-overlay transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0";

/** Prints what a folder's bundles weigh; returns how many are over budget. */
export function reportBudget(folder: string): number;

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const shared = process.env.KITH_SHARED_DATA ?? resolve("../../shared/data");

/** A file of the hardware reseller's sample data. */
export const maven = (name: string) => join(shared, "maven-crm", name);
export const hasMaven = existsSync(maven("sales_pipeline.csv"));
export const whyNot = `The sample files are not at ${shared}, so their import is not tried: set KITH_SHARED_DATA to where maven-crm is.`;

export { api, done, take } from "./client";
export { ApiProblem, asProblem, type FieldError, type ProblemCode } from "./problem";
export { keys, queryClient, refreshObject } from "./queries";
export * from "./records";
export { adoptSession, type Session, sessionQuery, signIn, signOut, type User, type Workspace } from "./session";
export { call, type CallOptions, setSignedOutHandler } from "./send";
export { useSession, useUsers } from "./use-session";
export type { components, paths } from "./schema";
export { upload, type UploadOptions } from "./upload";

import type { Platform } from "../platform/platform";

/** The platform as a host sees it. */
export type HostPlatform = Pick<Platform, "join" | "disconnect" | "reconnect">;

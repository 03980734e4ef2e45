import type { Platform } from "../platform";

/** The platform as a host sees it. */
export type HostPlatform = Pick<Platform, "join" | "disconnect" | "reconnect">;

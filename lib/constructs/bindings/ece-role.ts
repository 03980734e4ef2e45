/** The roles that a host can have. */
export class EceRole {
  /** Runs the nodes of deployments. */
  static readonly ALLOCATOR = "allocator";
  /** Serves the API and the Cloud UI, and distributes work. */
  static readonly COORDINATOR = "coordinator";
  /** Keeps the platform's state. */
  static readonly DIRECTOR = "director";
  /** Routes requests to deployments. */
  static readonly PROXY = "proxy";

  private constructor() {}
}

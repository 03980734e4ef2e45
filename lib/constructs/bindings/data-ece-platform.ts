import { EceDataSource } from "./ece-resource";

/** The ECE platform (data source `ece_platform`): its version, its region, and how many hosts it has. */
export class DataEcePlatform extends EceDataSource {
  static override readonly tfResourceType = "ece_platform";

  /** The platform's version; the installer of an added host must have the same. */
  get version(): string {
    return this.getStringAttribute("version");
  }

  /** The platform's region. */
  get region(): string {
    return this.getStringAttribute("region");
  }

  /** How many hosts the platform knows. */
  get runners(): number {
    return this.getNumberAttribute("runners");
  }

  /** How many of them are connected. */
  get connectedRunners(): number {
    return this.getNumberAttribute("connected_runners");
  }

  /** How many allocators the platform knows. */
  get allocators(): number {
    return this.getNumberAttribute("allocators");
  }
}

import type { HostPlatform, JoinRequest, JoinResult } from "../../../lib/simulator/platform";

/** A platform that gives the same answer to every join, and records all calls. */
export class RecordingPlatform implements HostPlatform {
  readonly joins: JoinRequest[] = [];
  readonly events: string[] = [];
  answer: JoinResult = { joined: true };

  join(request: JoinRequest): JoinResult {
    this.joins.push(request);
    return this.answer;
  }

  disconnect(runnerId: string): void {
    this.events.push(`disconnect ${runnerId}`);
  }

  reconnect(runnerId: string): void {
    this.events.push(`reconnect ${runnerId}`);
  }
}

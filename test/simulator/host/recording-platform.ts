import type { HostPlatform, JoinRequest, JoinResult } from "../../../lib/simulator/platform";

/** A platform that lets everybody in, or nobody, and remembers what it was told. */
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

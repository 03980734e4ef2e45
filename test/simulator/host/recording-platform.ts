import type { Assignment, HostPlatform, JoinRequest, JoinResult } from "../../../lib/simulator/platform";

/** A platform that gives the same answer to every join, and records all calls. */
export class RecordingPlatform implements HostPlatform {
  readonly joins: JoinRequest[] = [];
  readonly events: string[] = [];
  readonly observers = new Set<() => void>();
  answer: JoinResult = { joined: true };
  assigned: Assignment = {
    version: "4.0.3",
    authority: "-----BEGIN CERTIFICATE-----\n",
    coordinators: ["192.168.44.10"],
    directors: ["192.168.44.10"],
    instances: [],
  };

  join(request: JoinRequest): JoinResult {
    this.joins.push(request);
    return this.answer;
  }

  disconnect(runnerId: string): void {
    this.events.push(`disconnect ${runnerId}`);
  }

  assignment(): Assignment {
    return this.assigned;
  }

  monitorServers(): readonly string[] {
    return [];
  }

  observe(observer: () => void): () => void {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  }

  reconnect(runnerId: string): void {
    this.events.push(`reconnect ${runnerId}`);
  }
}

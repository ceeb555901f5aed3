import type { Traffic } from '../core/event.ts';

/** The numbers go up while one looks. */
export type TrafficMeter = { -readonly [Name in keyof Traffic]: Traffic[Name] };

/** Who is told of what goes to and fro. */
export interface Wire {
  readonly traffic: TrafficMeter;
  /** Called at the last moment before anything leaves. */
  readonly beforeSending?: () => void;
}

export function startTraffic(): TrafficMeter {
  return { logins: 0, channels: 0, requests: 0, roundTrips: 0, bytesIn: 0, bytesOut: 0 };
}

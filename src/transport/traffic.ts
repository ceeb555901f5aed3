import type { Traffic } from '../core/event.ts';

/** The numbers go up while one looks. */
export type TrafficMeter = { -readonly [Name in keyof Traffic]: Traffic[Name] };

export function startTraffic(): TrafficMeter {
  return { logins: 0, channels: 0, requests: 0, roundTrips: 0, bytesIn: 0, bytesOut: 0 };
}

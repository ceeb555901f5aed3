/** What a connection has cost so far; the numbers go up while one looks. */
export interface Traffic {
  readonly logins: number;
  readonly channels: number;
  readonly requests: number;
  /** How often something was sent only after an answer had come: requests sent together share one. */
  readonly roundTrips: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export type TrafficMeter = { -readonly [Name in keyof Traffic]: Traffic[Name] };

export function startTraffic(): TrafficMeter {
  return { logins: 0, channels: 0, requests: 0, roundTrips: 0, bytesIn: 0, bytesOut: 0 };
}

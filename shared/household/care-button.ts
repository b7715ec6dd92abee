/**
 * How a care button writes its messages, three bytes: what happened, the number of the carer's badge (0 where
 * none was shown), and the voltage of its four cells in millivolts.
 */
export const CARE_BUTTON_CONFIG = 'event::uint:8 carer::uint:8 battery::uint:8:*25';

/** The kind of device that buttons are, unless the service is deployed with another. */
export const CARE_BUTTON_TYPE = 'care-button';

/** A button says once a day that it is alive, and is missed after a day and an hour. */
export const CARE_BUTTON_INTERVAL_SECONDS = 90_000;

/** What a button reports, by the number that it sends. */
export const CARE_EVENT_CODES = { 1: 'arrival', 2: 'departure', 3: 'alive' } as const;

export type CareEventKind = (typeof CARE_EVENT_CODES)[keyof typeof CARE_EVENT_CODES];

/** Numbers of badges have eight bits; 0 is nobody's. */
export const MAX_CARER = 255;

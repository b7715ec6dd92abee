export { createTimeToLive, type TimeToLive, type TimeToLiveOptions } from './time-to-live.ts';
export type { Deletion } from './sweeper.ts';

export { createAdjustableClock, type AdjustableClock, type ClockReading } from './adjustable-clock.ts';
export { createClockApi, type ClockAnswer, type ClockApi } from './api.ts';
export { formatDuration, parseDuration } from './duration.ts';
export { parseInstant } from './instant.ts';
export { withRealTimers } from './real-timers.ts';
export { settledWhen, type Drained } from './settled.ts';
export { installThreadClock } from './thread-clock.ts';

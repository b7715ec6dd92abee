export { loadBindings } from './bindings.ts';
export { createControlPlane } from './control-plane.ts';
export { type ControlPlane, SERVED_OPERATIONS } from './operations/index.ts';
export { RequestCounts } from './request-counts.ts';
export type { RuleDestinations } from './operations/rule-destinations.ts';

export type { Disturbance } from './disturbance.ts';
export type { Emission } from './emitter.ts';
export { startIrRepeater, type IrRepeater, type IrRepeaterOptions } from './repeater.ts';
export { SimulatedShade, type SimulatedShadeOptions } from './shade.ts';

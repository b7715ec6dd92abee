export { createParameterStore, type ParameterStore, type ParameterStoreOptions } from './parameter-store.ts';

export type { CorsConfiguration } from './cors.ts';
export type { HttpApiEvent } from './event.ts';
export { createHttpApi, LOCAL_API_ID, type HttpApi, type HttpApiOptions } from './http-api.ts';
export { compileRoutes, METHODS, type HttpRoute } from './routes.ts';

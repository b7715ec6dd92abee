export {
  createAuthoriser,
  type Authoriser,
  type AuthoriserOptions,
  type LambdaPermission,
  type ResourcePolicy,
} from './authoriser.ts';
export { authoriserOf } from './from-template.ts';
export type { RoleDefinition } from './role.ts';

import { readMarkerPageOf } from '../../registry/markers.ts';
import {
  createRoleAlias,
  deleteRoleAlias,
  listRoleAliases,
  requireRoleAlias,
  updateRoleAlias,
} from '../../registry/role-aliases.ts';
import type { SecurityContext } from '../../registry/security-context.ts';
import type { OperationGroup } from '../operation.ts';

/** Names of roles whose credentials devices may ask for. The provider of those credentials is not in here. */
export const roleAliasOperations = {
  CreateRoleAlias({ roleAlias, roleArn, credentialDurationSeconds, tags = [] }, context) {
    createRoleAlias(context, { roleAlias, roleArn, credentialDurationSeconds, tags });
    return { roleAlias, roleAliasArn: context.arns.of('rolealias', roleAlias) };
  },

  DescribeRoleAlias({ roleAlias }, context) {
    const { roleArn, credentialDurationSeconds, createdAtMs, modifiedAtMs } = requireRoleAlias(
      context,
      roleAlias,
    );
    return {
      roleAliasDescription: {
        roleAlias,
        roleAliasArn: context.arns.of('rolealias', roleAlias),
        roleArn,
        owner: context.accountId,
        credentialDurationSeconds,
        creationDate: new Date(createdAtMs),
        lastModifiedDate: new Date(modifiedAtMs),
      },
    };
  },

  UpdateRoleAlias({ roleAlias, roleArn, credentialDurationSeconds }, context) {
    updateRoleAlias(context, roleAlias, { roleArn, credentialDurationSeconds });
    return { roleAlias, roleAliasArn: context.arns.of('rolealias', roleAlias) };
  },

  DeleteRoleAlias({ roleAlias }, context) {
    deleteRoleAlias(context, roleAlias);
    return {};
  },

  /** By name, from Z to A unless the caller asks for `ascendingOrder`. */
  ListRoleAliases(request, context) {
    const { ascendingOrder = false } = request;
    const names = listRoleAliases(context).map(({ roleAlias }) => roleAlias);
    const { items, next } = readMarkerPageOf(
      request,
      ['ListRoleAliases', ascendingOrder],
      ascendingOrder ? names : names.toReversed(),
      (name) => name,
    );
    return { roleAliases: [...items], ...next };
  },
} satisfies OperationGroup<SecurityContext>;

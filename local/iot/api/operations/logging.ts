import type { RegistryContext } from '../../registry/context.ts';
import {
  changeSecondOptions,
  deleteLevel,
  listLevels,
  readFirstOptions,
  requireSecondOptions,
  setLevel,
  writeFirstOptions,
} from '../../registry/logging.ts';
import { tokenOf } from '../../registry/paging.ts';
import type { OperationGroup } from '../operation.ts';

/**
 * How much AWS IoT logs. The options are kept and answered with; this cloud's own trace of messages and rules is
 * whole at every level.
 */
export const loggingOperations = {
  GetLoggingOptions(_input, { database }) {
    return readFirstOptions(database) ?? { logLevel: 'DISABLED' };
  },

  SetLoggingOptions({ loggingOptionsPayload }, { database }) {
    writeFirstOptions(database, loggingOptionsPayload);
    return {};
  },

  GetV2LoggingOptions(_input, { database }) {
    const { eventConfigurations, ...options } = requireSecondOptions(database);
    return {
      ...options,
      eventConfigurations: eventConfigurations?.map(({ eventType, logLevel, logDestination }) => ({
        eventType,
        logLevel,
        logDestination,
      })),
    };
  },

  SetV2LoggingOptions(input, { database }) {
    const { roleArn, defaultLogLevel, disableAllLogs, eventConfigurations } = input;
    changeSecondOptions(database, { roleArn, defaultLogLevel, disableAllLogs, eventConfigurations });
    return {};
  },

  SetV2LoggingLevel({ logTarget: { targetType, targetName }, logLevel }, { database }) {
    setLevel(database, { targetType, targetName, level: logLevel });
    return {};
  },

  ListV2LoggingLevels(input, { database }) {
    const page = listLevels(database, input);
    return {
      logTargetConfigurations: page.items.map(({ targetType, targetName, level }) => ({
        logTarget: { targetType, targetName },
        logLevel: level,
      })),
      ...tokenOf(page),
    };
  },

  DeleteV2LoggingLevel({ targetType, targetName }, { database }) {
    deleteLevel(database, targetType, targetName);
    return {};
  },
} satisfies OperationGroup<Pick<RegistryContext, 'database'>>;

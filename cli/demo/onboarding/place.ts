import path from 'node:path';
import { readConfiguration } from '../../../local/configuration.ts';
import type { RunningCloud } from '../../../local/running.ts';

/** Where the command lines of the demo find a cloud. */
export interface Place {
  readonly endpointUrl: string;
  readonly region: string;
  readonly mqttsPort: string;
  /** File of the certificate by which devices trust it. */
  readonly caFile: string;
  /** It has to be started first. */
  readonly isToBeStarted: boolean;
}

export function placeOf({ endpointUrl, region, mqttsUrl, caFile }: RunningCloud): Place {
  return { endpointUrl, region, mqttsPort: new URL(mqttsUrl).port, caFile, isToBeStarted: false };
}

/**
 * The cloud that `npx glasshouse start` starts in this folder. The demo's own is gone when somebody pastes its lines.
 *
 * @param env can say other ports, as it does to that cloud
 */
export function placeToStart({ region }: RunningCloud, env: NodeJS.ProcessEnv): Place {
  const { endpointPort, mqttsPort, folder } = readConfiguration(undefined, '/', env);
  return {
    endpointUrl: `http://127.0.0.1:${endpointPort}`,
    region,
    mqttsPort: String(mqttsPort),
    // Relative, as the configuration's own default is.
    caFile: path.join(env['GLASSHOUSE_FOLDER'] ? folder : '.glasshouse', 'ca.pem'),
    isToBeStarted: true,
  };
}

import { readEnvironment } from '../../shared/environment.ts';
import type { DeviceType } from '../../shared/sigfox/device-type.ts';

export interface IngestSigfoxEnvironment {
  readonly messagesTable: string;
  readonly devicesTable: string;
  readonly deviceTypesTable: string;
  readonly rejectionsQueueUrl: string;
  /** What holds for a message that does not tell its kind, and for what a kind leaves open. */
  readonly defaults: DeviceType;
}

/** @throws EnvironmentError that names every variable which is missing. */
export function readIngestSigfoxEnvironment(environment?: NodeJS.ProcessEnv): IngestSigfoxEnvironment {
  return readEnvironment((read) => {
    const payloadConfig = read.text('PAYLOAD_CONFIG', '');
    const echoConfig = read.text('ECHO_CONFIG', '');
    return {
      messagesTable: read.text('MESSAGES_TABLE'),
      devicesTable: read.text('DEVICES_TABLE'),
      deviceTypesTable: read.text('DEVICE_TYPES_TABLE'),
      rejectionsQueueUrl: read.text('REJECTIONS_QUEUE_URL'),
      defaults: {
        ...(payloadConfig === '' ? {} : { payloadConfig }),
        ...(echoConfig === '' ? {} : { echoConfig }),
      },
    };
  }, environment);
}

/** What a connector is used for. */
export type ConnectorMode = (typeof MODES)[number];

const MODES = ['IR', 'IR_BLASTER', 'SENSOR', 'SENSOR_NOTIFY', 'LED_LIGHTING'] as const;

/** Where a repeater keeps what `set_IR` says. */
export interface DeviceSettings {
  readonly modes: Map<string, ConnectorMode>;
}

/** What `getversion` says: an iTach IP2IR. */
export const VERSION = '710-1005-05';

export function newSettings(): DeviceSettings {
  return { modes: new Map(['1:1', '1:2', '1:3'].map((connector) => [connector, 'IR'])) };
}

export function isInput(mode: ConnectorMode | undefined): boolean {
  return mode === 'SENSOR' || mode === 'SENSOR_NOTIFY';
}

/**
 * Answers a command that sends nothing: who the repeater is, and how its connectors are set.
 *
 * @returns lines without their carriage returns; undefined for a command of another kind.
 */
export function answerSettings(line: string, { modes }: DeviceSettings): readonly string[] | undefined {
  const [name = '', at = '', option = '', ...more] = line.split(',');
  switch (name) {
    case 'getversion':
      return /^[01]?$/.test(at) ? [`version,${at === '' ? 0 : at},${VERSION}`] : ['ERR_0:0,002'];
    case 'getdevices':
      return ['device,0,0 ETHERNET', 'device,1,3 IR', 'endlistdevices'];
    case 'blink':
      return /^[01]$/.test(at) ? [`blink,${at}`] : ['ERR_0:0,023'];
    case 'get_NET':
      return at === '0:1' ? ['NET,0:1,LOCKED,STATIC,127.0.0.1,255.0.0.0,127.0.0.1'] : ['ERR_0:0,002'];
    case 'set_NET':
      return ['ERR_0:1,027'];
    case 'get_IR':
      return [problemOf(at, modes) ?? `IR,${at},${modes.get(at) ?? 'IR'}`];
    case 'set_IR': {
      const problem = problemOf(at, modes);
      if (problem !== undefined) return [problem];
      if (option === '' || more.length > 0) return [`ERR_${at},017`];
      const mode = MODES.find((known) => known === option);
      if (mode === undefined) return [`ERR_${at},023`];
      // Only the last connector has the power that a blaster needs.
      if (mode === 'IR_BLASTER' && at !== '1:3') return [`ERR_${at},014`];
      modes.set(at, mode);
      return [`IR,${at},${mode}`];
    }
    case 'getstate':
      return [problemOf(at, modes) ?? (isInput(modes.get(at)) ? `state,${at},0` : `ERR_${at},018`)];
    default:
      return undefined;
  }
}

function problemOf(connector: string, modes: DeviceSettings['modes']): string | undefined {
  if (modes.has(connector)) return undefined;
  const [module, number] = connector.split(':');
  if (module !== '1') return 'ERR_0:0,002';
  return number === undefined ? 'ERR_0:0,017' : `ERR_${/^\d+$/.test(number) ? connector : '0:0'},003`;
}

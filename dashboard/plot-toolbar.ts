import { element, setText } from './element.ts';
import type { View } from './view.ts';

/** What the toolbar, the keys and the wheel ask of the view. */
export type ViewCommand = 'in' | 'out' | 'earlier' | 'later' | 'latest';

const BUTTONS: readonly { command: ViewCommand; text: string; label: string }[] = [
  { command: 'earlier', text: '←', label: 'Earlier' },
  { command: 'later', text: '→', label: 'Later' },
  { command: 'out', text: '−', label: 'Zoom out' },
  { command: 'in', text: '+', label: 'Zoom in' },
];

const KEYS: Readonly<Record<string, ViewCommand>> = {
  '+': 'in',
  '=': 'in',
  '-': 'out',
  ArrowLeft: 'earlier',
  ArrowRight: 'later',
  '0': 'latest',
  Home: 'latest',
  Escape: 'latest',
};

/** The command of a key that was pressed while the plots have the focus. */
export function commandOfKey(event: KeyboardEvent): ViewCommand | undefined {
  return event.ctrlKey || event.metaKey || event.altKey ? undefined : KEYS[event.key];
}

/** Title, pause, zoom: the line over the plots. */
export class PlotToolbar {
  readonly root: HTMLElement;
  readonly #title = element('h2');
  readonly #status = element('span', { class: 'view-status', testId: 'view-status' });
  readonly #pause = element('button', {
    testId: 'pause',
    text: 'Pause',
    attributes: { type: 'button', 'aria-pressed': 'false', title: 'Space', 'aria-keyshortcuts': 'Space' },
  });
  readonly #latest = element('button', {
    testId: 'reset-zoom',
    text: 'Latest',
    attributes: { type: 'button', title: 'Follow the latest readings (0 or double click)' },
  });

  constructor(options: { onPause: () => void; onCommand: (command: ViewCommand) => void }) {
    this.#pause.addEventListener('click', options.onPause);
    this.#latest.addEventListener('click', () => options.onCommand('latest'));
    const buttons = BUTTONS.map(({ command, text, label }) => {
      const attributes = { type: 'button', 'aria-label': label, title: label };
      const button = element('button', { class: 'square', testId: `view-${command}`, text, attributes });
      button.addEventListener('click', () => options.onCommand(command));
      return button;
    });
    this.root = element(
      'div',
      { class: 'toolbar' },
      element('div', { class: 'toolbar-title' }, this.#title, this.#status),
      element(
        'div',
        { class: 'buttons', attributes: { role: 'group', 'aria-label': 'View' } },
        ...buttons,
        this.#latest,
        this.#pause,
      ),
    );
  }

  refresh(device: string, view: View, paused: { readonly missed: number } | undefined): void {
    setText(this.#title, device);
    const following =
      view.kind === 'latest' ? `latest ${view.readings} readings` : 'fixed span, not following';
    setText(this.#status, paused === undefined ? following : `paused, ${paused.missed} new readings`);
    setText(this.#pause, paused === undefined ? 'Pause' : 'Resume');
    this.#pause.setAttribute('aria-pressed', String(paused !== undefined));
    this.#latest.disabled = view.kind === 'latest' && paused === undefined;
  }
}

// Beside a value: that an alarm is about it. Drawn again when that changes, and not when another one's does.
import { useComputed } from '@preact/signals';
import { stateShape, stateWord } from '../logic/alarm_words.ts';
import { useApp } from './context.ts';

export function AlarmMark({ of }: { readonly of: string }) {
  const app = useApp();
  const text = useComputed(() => {
    const mark = app.alarmMarks.value.get(of);
    return mark === undefined ? '' : [mark.state, mark.severity, ...mark.rules].join('\n');
  });
  if (text.value === '') return null;
  const [state = '', severity, ...rules] = text.value.split('\n');
  return (
    <span class="alarm-mark" data-alarm-state={state} data-severity={severity} title={rules.join(', ')}>
      <span aria-hidden="true">{stateShape(state)}</span> {stateWord(state)}
    </span>
  );
}

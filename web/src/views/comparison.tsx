// Which earlier period stands behind what is looked at.
import type { ExploreState } from '../app/explore_state.ts';
import { COMPARISONS, type Comparison } from '../logic/compare.ts';
import { mark, t } from '../logic/texts.ts';

const WORDS: Readonly<Record<Comparison, string>> = {
  '': mark('Compare'),
  before: mark('With the span before'),
  '1d': mark('With a day earlier'),
  '7d': mark('With a week earlier'),
};
const EARLIER: Readonly<Record<Comparison, string>> = {
  '': '',
  before: mark('the span before'),
  '1d': mark('a day earlier'),
  '7d': mark('a week earlier'),
};

/** What a compared line is called. */
export function earlierWord(comparison: Comparison): string {
  return t(EARLIER[comparison]);
}

export function ComparisonChoice({
  state,
  onChange,
}: {
  readonly state: ExploreState;
  readonly onChange: (comparison: Comparison) => void;
}) {
  return (
    <select
      class="range-select"
      aria-label={t('Compare')}
      value={state.compare.value}
      onChange={(event) => {
        const comparison = event.currentTarget.value as Comparison;
        state.compare.value = comparison;
        onChange(comparison);
      }}
    >
      {COMPARISONS.map((comparison) => (
        <option key={comparison} value={comparison}>
          {t(WORDS[comparison])}
        </option>
      ))}
    </select>
  );
}

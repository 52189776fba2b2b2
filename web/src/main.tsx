// Starts the page.
import 'uplot/dist/uPlot.min.css';
// Before all others: what a view says of its own stands.
import './views/base.css';

import { render } from 'preact';
import { App } from './app/app.ts';
import { loadLanguage } from './app/language.ts';
import { AppContext } from './views/context.ts';
import { Shell } from './views/shell.tsx';

const app = new App();
void loadLanguage().then(() => {
  app.start();
  render(
    <AppContext.Provider value={app}>
      <Shell />
    </AppContext.Provider>,
    document.getElementById('app')!,
  );
});

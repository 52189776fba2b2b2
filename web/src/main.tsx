// Starts the page.
import { render } from 'preact';
import { App } from './app/app.ts';
import { loadLanguage } from './app/language.ts';
import { AppContext } from './views/context.ts';
import { Shell } from './views/shell.tsx';
import 'uplot/dist/uPlot.min.css';
import './views/base.css';

const app = new App();
app.start();
void loadLanguage().then(() =>
  render(
    <AppContext.Provider value={app}>
      <Shell />
    </AppContext.Provider>,
    document.getElementById('app')!,
  ),
);

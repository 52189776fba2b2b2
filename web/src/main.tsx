// Starts the page.
import { render } from 'preact';
import { App } from './app/app.ts';
import { AppContext } from './views/context.ts';
import { Shell } from './views/shell.tsx';
import 'uplot/dist/uPlot.min.css';
import './views/base.css';

const app = new App();
render(
  <AppContext.Provider value={app}>
    <Shell />
  </AppContext.Provider>,
  document.getElementById('app')!,
);
app.start();

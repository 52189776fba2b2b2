// The frame around every page: header, the device's words when it refuses, the page itself.

import { useEffect } from 'preact/hooks';
import { Commands } from './commands.tsx';
import { Connection } from './connection.tsx';
import { useApp } from './context.ts';
import { Door } from './door.tsx';
import { Explore } from './explore.tsx';
import { Header } from './header.tsx';
import { Inputs } from './inputs.tsx';
import { Lazy } from './lazy.tsx';
import { NotFound } from './not_found.tsx';
import { Notice } from './notice.tsx';
import { Overview } from './overview.tsx';
import { Rotation } from './rotation.tsx';
import { Settings } from './settings.tsx';
import './shell.css';
import './alarm_list.css';
import './dashboard/dashboard.css';
import './dashboard/panel_body.css';
import './dashboard/panel_values.css';
import './dashboard/panel_table.css';
import './dashboard/panel_events.css';
import './dashboard/panel_text.css';
import './yaml_editor.css';
import './input_form.css';
import './log_page.css';
import 'gridstack/dist/gridstack.min.css';
import './dashboard/editor.css';

const loadDashboards = async () => (await import('./dashboard/dashboard_list.tsx')).DashboardList;
const loadDashboard = async () => (await import('./dashboard/dashboard_page.tsx')).DashboardPage;

const loadNewInput = async () => (await import('./input_form.tsx')).InputForm;
const loadAlarms = async () => (await import('./alarms.tsx')).Alarms;
const loadBanner = async () => (await import('./alarm_banner.tsx')).AlarmBanner;
const loadLog = async () => (await import('./log_page.tsx')).LogPage;
const loadConfig = async () => (await import('./config_page.tsx')).ConfigPage;

function Page() {
  const route = useApp().router.route.value;
  switch (route.page) {
    case 'overview':
      return <Overview />;
    case 'explore':
      return <Explore route={route} />;
    case 'dashboards':
      return <Lazy load={loadDashboards} given={{}} />;
    case 'dashboard':
      return <Lazy key={route.name} load={loadDashboard} given={{ route }} />;
    case 'alarms':
      return <Lazy load={loadAlarms} given={{}} />;
    case 'inputs':
      return <Inputs />;
    case 'new-input':
      return <Lazy load={loadNewInput} given={{}} />;
    case 'config':
      return <Lazy load={loadConfig} given={{}} />;
    case 'log':
      return <Lazy load={loadLog} given={{}} />;
    case 'settings':
      return <Settings />;
    default:
      return <NotFound path={route.path} />;
  }
}

export function Shell() {
  const app = useApp();
  const connection = app.connection.value;
  const device = app.status.value?.device ?? '';
  useEffect(() => {
    document.body.dataset.connection = connection;
  }, [connection]);
  useEffect(() => {
    // Then every reading is uncertain for the same reason: it is said once, above, and not on each tile.
    document.body.toggleAttribute('data-clock-uncertain', app.status.value?.synchronised === false);
  }, [app.status.value?.synchronised]);
  useEffect(() => {
    document.title = device === '' ? 'Telltale' : `${device} · Telltale`;
  }, [device]);
  const kiosk = app.router.kiosk.value;
  useEffect(() => {
    document.body.toggleAttribute('data-kiosk', kiosk);
    app.wake.keep(kiosk);
  }, [kiosk]);
  if (app.locked.value) return <Door />;
  return (
    <>
      <Commands />
      {!kiosk && <Header />}
      {kiosk && connection !== 'live' && <Connection />}
      {kiosk && app.router.rotation.value !== null && <Rotation />}
      {app.problem.value !== '' && (
        <p class="problem" role="alert">
          {app.problem.value}
        </p>
      )}
      <Lazy load={loadBanner} given={{}} />
      <Notice />
      <main class="page">
        {/* Another zone says every time anew. */}
        <Page key={app.router.zone.spoken.value ?? ''} />
      </main>
    </>
  );
}

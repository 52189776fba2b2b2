// What fingers, wheel and shift-drag do to a chart: pan and zoom, in shares of its width. A drag without shift is
// uPlot's own, it selects a span.

export interface GestureEvents {
  /** Moves the view by a share of its span; positive is later. */
  onPan(share: number): void;
  /** Factor below one is closer; `around` from 0, left, to 1, right. */
  onZoom(factor: number, around: number): void;
  onBack(): void;
}

const WHEEL_STEP = 1.0015;

export function listenForGestures(area: HTMLElement, events: GestureEvents): () => void {
  const fingers = new Map<number, number>();
  let dragged: number | null = null;
  const width = () => Math.max(1, area.clientWidth);
  const shareAt = (x: number) => (x - area.getBoundingClientRect().left) / width();

  const down = (event: PointerEvent) => {
    if (event.pointerType === 'touch') {
      fingers.set(event.pointerId, event.clientX);
      area.setPointerCapture(event.pointerId);
    } else if (event.shiftKey || event.button === 1) {
      dragged = event.clientX;
      area.setPointerCapture(event.pointerId);
      event.preventDefault();
    }
  };
  const move = (event: PointerEvent) => {
    if (dragged !== null) {
      events.onPan((dragged - event.clientX) / width());
      dragged = event.clientX;
      return;
    }
    const before = fingers.get(event.pointerId);
    if (before === undefined) return;
    if (fingers.size === 1) {
      events.onPan((before - event.clientX) / width());
    } else {
      const other = [...fingers].find(([id]) => id !== event.pointerId)![1];
      const distance = Math.max(24, Math.abs(before - other));
      const wider = Math.max(24, Math.abs(event.clientX - other));
      events.onZoom(distance / wider, shareAt((event.clientX + other) / 2));
    }
    fingers.set(event.pointerId, event.clientX);
  };
  const up = (event: PointerEvent) => {
    fingers.delete(event.pointerId);
    dragged = null;
  };
  // With shift uPlot must not see the mouse: it would select.
  const shield = (event: MouseEvent) => {
    if (event.shiftKey || event.button === 1) event.stopImmediatePropagation();
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) events.onPan(event.deltaX / width());
    else events.onZoom(WHEEL_STEP ** event.deltaY, shareAt(event.clientX));
  };
  const double = () => events.onBack();

  area.addEventListener('mousedown', shield, true);
  area.addEventListener('pointerdown', down);
  area.addEventListener('pointermove', move);
  area.addEventListener('pointerup', up);
  area.addEventListener('pointercancel', up);
  area.addEventListener('wheel', wheel, { passive: false });
  area.addEventListener('dblclick', double);
  return () => {
    area.removeEventListener('mousedown', shield, true);
    area.removeEventListener('pointerdown', down);
    area.removeEventListener('pointermove', move);
    area.removeEventListener('pointerup', up);
    area.removeEventListener('pointercancel', up);
    area.removeEventListener('wheel', wheel);
    area.removeEventListener('dblclick', double);
  };
}

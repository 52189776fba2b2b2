// Changes of a dashboard's document, each giving a new one: whoever keeps the old one can go back to it.
import { type Fields, fieldsOr, type Json, listOr } from '../api/guard.ts';
import type { Place } from './panel_layout.ts';

export type Document = Fields;
/** Section (-1: the panels outside of sections) and panel in it. */
export type PanelPath = readonly [number, number];

const asList = (value: Json | undefined): Json[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

export function panelsOf(document: Document, section: number): Fields[] {
  const holder = section < 0 ? document : fieldsOr(asList(document.sections)[section]);
  return asList(holder.panels).map(fieldsOr);
}

export function withPanels(document: Document, section: number, panels: readonly Fields[]): Document {
  if (section < 0) return { ...document, panels: [...panels] };
  const sections = asList(document.sections).map((one, i) =>
    i === section ? { ...fieldsOr(one), panels: [...panels] } : one,
  );
  return { ...document, sections };
}

/** Every panel of the section stands where it is seen from now on. */
export function withPlaces(
  document: Document,
  section: number,
  places: ReadonlyMap<number, Place>,
): Document {
  const panels = panelsOf(document, section).map((panel, i) => {
    const place = places.get(i);
    if (place === undefined) return panel;
    const { width: _width, height: _height, ...rest } = panel;
    return { ...rest, place: [place.x, place.y, place.w, place.h] };
  });
  return withPanels(document, section, panels);
}

export function withPanel(document: Document, [section, panel]: PanelPath, fields: Fields): Document {
  return withPanels(
    document,
    section,
    panelsOf(document, section).map((one, i) => (i === panel ? fields : one)),
  );
}

export function withoutPanel(document: Document, [section, panel]: PanelPath): Document {
  return withPanels(
    document,
    section,
    panelsOf(document, section).filter((_, i) => i !== panel),
  );
}

/** The new panel is the last one; it flows below those that have a place. */
export function withNewPanel(document: Document, section: number, fields: Fields): Document {
  return withPanels(document, section, [...panelsOf(document, section), fields]);
}

/** In a document's own numbering: sections of the page count the loose panels as their first. */
export function sectionIndex(document: Document, shown: number): number {
  return listOr(document.panels).length > 0 || (document.panels !== undefined && document.panels !== null)
    ? shown - 1
    : shown;
}

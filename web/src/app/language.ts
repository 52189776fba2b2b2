// Which language the page speaks: the reader's choice, else the first of the browser's that there is a catalogue for. A
// catalogue other than the English one is loaded before anything is drawn.
import { type Language, languageOf, speak } from '../logic/texts.ts';

const STORED_AS = 'telltale.language';

export type LanguageChoice = Language | 'auto';

export function chosenLanguage(): LanguageChoice {
  try {
    const text = localStorage.getItem(STORED_AS);
    return text === 'en' || text === 'de' ? text : 'auto';
  } catch {
    return 'auto';
  }
}

/** Everything is said anew: the page is loaded again, which takes a moment and forgets nothing. */
export function chooseLanguage(choice: LanguageChoice): void {
  try {
    if (choice === 'auto') localStorage.removeItem(STORED_AS);
    else localStorage.setItem(STORED_AS, choice);
  } catch {
    // A browser that keeps nothing cannot be told; its own language holds.
    return;
  }
  location.reload();
}

export async function loadLanguage(): Promise<void> {
  const choice = chosenLanguage();
  const own = navigator.languages ?? [navigator.language];
  const language = choice === 'auto' ? languageOf(own) : choice;
  // A region that the browser knows of the language is kept: en-GB writes dates otherwise than en-US.
  const region = own.find((tag) => tag.toLowerCase().startsWith(language));
  const words = language === 'de' ? await germanWords() : {};
  speak(language, words, choice === 'auto' ? undefined : (region ?? language));
  document.documentElement.lang = language;
}

async function germanWords() {
  try {
    return (await import('../logic/texts_de.ts')).GERMAN;
  } catch {
    // The device went away between two files: English is better than nothing.
    return {};
  }
}

import { phrases } from './grammar.ts';

/** Names of invented people; any likeness is chance. */
export const firstNames =
  phrases(`Ada | Bram | Chidi | Dara | Elif | Femi | Gita | Hugo | Ines | Jori | Kaya | Lior | Mei | Nils | Odile | Petra | Quim | Rosa | Sami | Tova | Uma | Vito | Wren | Xenia
  | Yuki | Zola | Anouk | Bilal | Cleo | Dmitri | Esra | Freya | Goran | Hana | Imani | Jonas | Keiko | Lars | Marisol | Noor | Otto | Pia | Ravi | Signe | Tariq | Ursa`);

export const lastNames =
  phrases(`Amsel | Birk | Corvo | Dunmore | Eklund | Farrow | Gale | Hoshino | Iwu | Jansky | Kestrel | Lund | Morrow | Nakata | Okoye | Pryce | Quist | Rao | Sorel | Tamm | Ulloa | Varga | Winters | Yilmaz
  | Zeller | Abara | Brandt | Cortez | Dahl | Esposito | Ferrand | Grewal | Hale | Ito | Joubert | Kallas | Lindqvist | Marek | Novak | Osei | Petrov | Rossi | Sato | Thorne | Weiss`);

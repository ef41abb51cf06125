/** English words for the words and abbreviations that keys are made of; German, French, Spanish, Italian, Portuguese and Dutch. */

/**
 * Without accents, as `withoutAccents` writes them. Words that English has as well, such as `data`, `note` or `post`, are left
 * out: they are read as English.
 */
const vocabulary: Readonly<Record<string, string>> = {
  text: 'texte texto testo tekst txt beitragstext kommentartext bewertungstext nachrichtentext inhalt contenu contenido contenuto conteudo inhoud corps cuerpo corpo',
  message: 'nachricht nachrichten mensaje messaggio mensagem bericht',
  comment: 'kommentar commentaire comentario commento reactie cmt cmnt',
  review: 'bewertung rezension avis resena recensione avaliacao recensie rvw',
  post: 'beitrag publicacion pubblicazione publicacao',
  opinion: 'meinung opinione opiniao mening',
  title: 'titel titre titulo titolo betreff sujet asunto oggetto assunto onderwerp uberschrift ueberschrift ttl subj',
  id: 'kennung identifiant identificador identificatore kenmerk schluessel schlussel beitragsid kommentarid bewertungsid',
  number: 'nummer numero num',
  article: 'artikel articulo articolo artigo art',
  product: 'produkt produit producto prodotto produto',
  description: 'beschreibung descripcion descrizione descricao beschrijving',
  date: 'datum fecha',
  time: 'uhrzeit zeit zeitpunkt heure hora orario uur tijd zeitstempel horodatage tijdstip',
  at: 'am',
  created: 'erstellt erstelldatum erstellungsdatum cree creation creado creato criado aangemaakt erfasst',
  published: 'veroeffentlicht veroffentlicht publie publicado pubblicato gepubliceerd',
  written: 'verfasst geschrieben ecrit redige escrito scritto geschreven',
  sent: 'gesendet envoye enviado inviato verzonden',
  changed: 'geandert geaendert modifie modificado modificato alterado gewijzigd bearbeitet aktualisiert actualizado aggiornato atualizado',
  deleted: 'geloescht geloscht supprime eliminado eliminato excluido verwijderd',
  fetched: 'abgerufen recupere recuperado recuperato opgehaald',
  author: 'autor auteur autore verfasser schrijver redacteur',
  user: 'benutzer nutzer utilisateur usuario utente utilizador gebruiker usr',
  customer: 'kunde cliente klant',
  username: 'benutzername nutzername pseudo pseudonyme gebruikersnaam',
  name: 'nom nombre nome naam',
  display_name: 'anzeigename weergavenaam',
  member: 'mitglied membre miembro membro lid',
  lang: 'sprache langue idioma lingua taal spr lng',
  url: 'verweis lien enlace collegamento ligacao adresse',
  source: 'quelle fuente fonte bron',
  rating: 'sterne etoiles estrellas stelle estrelas sterren bewertungspunkte puntuacion valutazione beoordeling',
  likes: 'gefaellt gefallt aime gusta piace curtidas',
  replies: 'antworten reponses respuestas risposte respostas antwoorden',
  parent: 'uebergeordnet ubergeordnet padre genitore ouder',
};

const english: ReadonlyMap<string, string> = new Map(
  Object.entries(vocabulary).flatMap(([word, foreign]) => foreign.split(' ').map((key) => [key, word] as const)),
);

const withoutAccents = (word: string): string => word.normalize('NFD').replace(/\p{M}+/gu, '');

/** The English words for a word of a key, in lower case; the word itself if it is not in the vocabulary. */
export const toEnglish = (word: string): readonly string[] => english.get(withoutAccents(word))?.split('_') ?? [word];

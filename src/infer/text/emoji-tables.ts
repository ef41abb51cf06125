// Made by training/make_plain_words.py.

/** Words, each with the emoji that it stands for. */
export const emojiWords: Readonly<Record<string, string>> = {
  love: '😍🥰😘😻❤🧡💛💚💙💜🤎🖤🤍🩷🩵💕💖💗💓💞💘💝💟❣♥😚😙😗💋',
  happy: '😀😃😄😁😊🙂☺😌😺😸🤗😇😋',
  lol: '😂🤣😆😹',
  amazing: '🤩🌟⭐✨🔥💯🏆🥇',
  hooray: '🙌💃🕺🎉🎊🥳🍾🎈',
  bravo: '👏',
  good: '👍',
  perfect: '👌',
  strong: '💪',
  cool: '😎',
  thanks: '🙏',
  wink: '😉😜😝😛🤪😏',
  relief: '😅',
  angry: '😡😠🤬😾👿💢',
  annoyed: '🙄😒😑😤🤦',
  disgusting: '🤮🤢',
  shit: '💩',
  dislike: '👎',
  'fuck you': '🖕',
  'broken heart': '💔',
  crying: '😭😢😿',
  sad: '😞😔☹🙁😟😥😩😫😣😖🥺😓',
  scared: '😱😨😰',
  dead: '💀☠',
  joke: '🤡',
  sick: '🤒🤕😷',
  bored: '🥱😴',
  confused: '😕',
  thinking: '🤔',
  surprised: '😲😮😯🤯',
  shrug: '🤷',
  awkward: '😳😬',
};

/** Common words in which a letter is rightly double. */
export const doubledWords = (
  'aaron abbey accept accepted access accessible accident accompanied according account accounts accused across actress ' +
  'actually add added adding addition additional additionally address admitted affair affairs affect affected affiliated ' +
  'afternoon agree agreed agreement all alleged allen alliance allied allies allow allowed allowing allows ambassador ann ' +
  'anna anne anniversary announced annual annually apparent apparently appeal appear appearance appearances appeared ' +
  'appearing appears apple application applications applied apply appointed appointment approach approached appropriate ' +
  'approval approved approximately arranged arrangement arrangements arrest arrested arrival arrive arrived arriving ' +
  'artillery asleep ass assault assembly assessment assets assigned assist assistance assistant assisted associate ' +
  'associated association assume assumed attached attack attacked attacking attacks attempt attempted attempting attempts ' +
  'attend attendance attended attending attention attitude attorney attracted attributed awareness ball ballet balls banned ' +
  'barry baseball basketball bass bathroom battalion battery battle battles bbc bedroom been beer beetle beginning bell ' +
  'belly better between bigger biggest bill billboard billion billy blood bloody bobby book books boots boss bottle bottom ' +
  'brooklyn buddhist buffalo bull bullet business businesses businessman button call called calling calls campbell cannot ' +
  'career carefully caribbean carried carrier carries carry carrying cattle cell cells challenge challenges chancellor ' +
  'channel channels charlotte cheek cheeks chess childhood choose cincinnati class classes classic classical classification ' +
  'classified cliff coffee collaboration collapse collapsed collected collection collections collective college colleges ' +
  'collins command commanded commander commanding comment commented comments commerce commercial commission commissioned ' +
  'commissioner committed committee common commonly commons commonwealth commune communication communications communist ' +
  'communities community congress congressional connect connected connecticut connecting connection connections connor ' +
  'controlled cook cool cooper cooperation copper correct corresponding corridor corruption cotton creek cross crossed ' +
  'crosses crossing current currently cutting dallas danny darkness deep deeper deeply degree degrees dennis depression ' +
  'difference differences different difficult difficulty dinner disappeared discuss discussed discussion dismissed dollar ' +
  'dollars door doors doorway dragged dress dressed dropped dropping drummer eddie effect effective effectively effects ' +
  'effort efforts eggs eighteen emma employee employees engineer engineering engineers equipped error especially essential ' +
  'essentially eventually excellent express expressed expression fall fallen falling falls fee feed feel feeling feelings ' +
  'feels feet fell fellow fellowship ferry fifteen fill filled finally finnish fitted fleet flood floor follow followed ' +
  'following follows food fool foot football footballer forgotten formally fortress fourteen free freedom full fully funny ' +
  'gallery generally getting glass glasses goddess gonna good goods gotten grabbed gradually grass greece greek green ' +
  'grinned gross guess hall hallway happen happened happening happens happy harris harrison harry hawaii hell hello hidden ' +
  'hill hills historically hitting holland hollywood hood horror hull hurricane ill illegal illinois illness illustrated ' +
  'immediate immediately immigrants immigration impossible impressed indeed indoor initially inn inner innings innocent ' +
  'installed intellectual intelligence internationally interrupted isaac issue issued issues jazz jeff jefferson jennifer ' +
  'jerry jesse jimmy johnny keep keeping keeps kelly kennedy kill killed killer killing kiss kissed kissing knee knees ' +
  'larry latter lee leeds less letter letters letting literally little liverpool lloyd locally look looked looking looks ' +
  'loop loose loss losses mall manhattan manner marriage married marry marshall mass massachusetts massive matt matter ' +
  'matters matthew mediterranean meet meeting meetings meets mess message messages middle mill miller million mills ' +
  'minnesota mirror miss missed missile missing mission missions mississippi missouri mitchell mood moon moore morris ' +
  'muhammad murray muttered narrative narrow ncaa necessary nee need needed needs neighborhood nevertheless nodded normally ' +
  'occasion occasionally occasions occupation occupied occur occurred occurs odd off offensive offer offered offering ' +
  'offers office officer officers offices official officially officials opponent opponents opportunities opportunity ' +
  'opposed opposite opposition originally ottoman outdoor overall parallel partially pass passage passed passenger ' +
  'passengers passes passing passion pattern patterns pennsylvania percussion permission permitted perry personally ' +
  'personnel philippine philippines pierre pioneer pittsburgh planned planning playoff playoffs pool poor possession ' +
  'possibility possible possibly preferred press pressed pressing pressure pretty princess process processes processing ' +
  'professional professor programme programming progress progressive proof pull pulled pulling putting queen queensland ' +
  'rabbi really rebellion recalled recommended reed referee referred referring regardless roll rolled rolling roof room ' +
  'rooms root roots ross rubbed runner runners running russell russia russian satellite scattered school schools scott ' +
  'scottish screen seattle see seed seeing seek seeking seem seemed seems seen sees sell selling session sessions setting ' +
  'settle settled settlement settlements settlers shall sheet shell sheriff shipping shook shoot shooting shopping shrugged ' +
  'sierra sitting sixteen skills skull slammed sleep sleeping slipped small smaller smell smooth snapped soccer soon sorry ' +
  'specifically speech speed spell spotted squeezed staff starred starring steel stepped still stood stopped stopping ' +
  'street streets stress struggle struggled stuff submitted succeeded success successful successfully successor sudden ' +
  'suddenly suffered suffering sufficient suggest suggested suggests sullivan summer summit supplies supply support ' +
  'supported supporters supporting supports suppose supposed surrender surrounded surrounding swallowed sweet swimming ' +
  'swiss tall teeth tell telling tells tennessee tennis terrible territorial territories territory terror terry thirteen ' +
  'three till todd tommy tomorrow too took tool tools tossed totally traditionally traffic transferred transmission trapped ' +
  'travelled tree trees troops tunnel typically understood unless unsuccessful upper uss usually valley vessel vessels ' +
  'vienna villa village villages volleyball volunteer volunteers wall wallace walls warren warrior warriors wedding week ' +
  'weekend weekly weeks well wells wheel wheels will william williams willing winner winners winning witness wood wooden ' +
  'woods worried worry wrapped written yelled yellow'
).split(' ');
